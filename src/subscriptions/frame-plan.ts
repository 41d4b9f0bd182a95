import { ProtocolError } from '../errors.js';
import type { RequestId, Topic } from '../identifiers.js';
import { listFrames } from '../protocol/frames.js';
import type { Frame, PlannedFrame, SubscriptionFrames } from '../protocol/handler-types.js';
import * as texts from '../texts.js';
import { isObject } from '../util/options.js';

/** Frames with one request id, and the topics that an answer to them is about. */
export interface PlanItem {
  readonly requestId: RequestId;
  readonly frames: readonly Frame[];
  readonly topics: readonly Topic[];
}

/** What a handler planned. */
export interface FramePlan {
  readonly items: readonly PlanItem[];
  /** Topics that are in no frame, or in two: nothing can be written for them. */
  readonly faults: ReadonlyMap<Topic, ProtocolError>;
}

/**
 * Reads what a handler built for topics: frames that share one id, or an acknowledgement plan.
 * @param isUsed - whether an id belongs to a frame that is unanswered
 * @throws TypeError for anything else
 */
export function readPlan(
  built: SubscriptionFrames,
  topics: readonly Topic[],
  requestId: RequestId,
  isUsed: (id: RequestId) => boolean,
): FramePlan {
  if (!isPlan(built)) return { items: [{ requestId, frames: listFrames(built), topics }], faults: new Map() };
  const faults = new Map<Topic, ProtocolError>();
  const wanted = new Set(topics);
  const planned = new Set<Topic>();
  const ids = new Set<RequestId>();
  const items = built.map((item) => {
    // A frame may name more than it was asked for, such as all topics that are wanted.
    const own = item.topics.filter((topic) => wanted.has(topic));
    const isTaken = ids.has(item.requestId) || isUsed(item.requestId);
    ids.add(item.requestId);
    for (const topic of own) {
      if (isTaken) faults.set(topic, new ProtocolError(texts.planIdUsed(item.requestId), { delivery: 'unsent' }));
      else if (planned.has(topic))
        faults.set(topic, new ProtocolError(texts.plannedTwice(topic), { delivery: 'unsent' }));
      planned.add(topic);
    }
    return { requestId: item.requestId, frames: listFrames(item.frame), topics: own };
  });
  for (const topic of topics) {
    if (!planned.has(topic)) faults.set(topic, new ProtocolError(texts.notPlanned(topic), { delivery: 'unsent' }));
  }
  return { items: items.filter(({ topics: own }) => own.length > 0), faults };
}

function isPlan(built: SubscriptionFrames): built is readonly PlannedFrame[] {
  return Array.isArray(built) && built.length > 0 && built.every(isPlanned);
}

function isPlanned(item: unknown): item is PlannedFrame {
  return isObject(item) && 'frame' in item && Array.isArray(item.topics) && isId(item.requestId);
}

function isId(id: unknown): id is RequestId {
  return typeof id === 'string' || typeof id === 'number';
}
