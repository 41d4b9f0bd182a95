import type { Facts } from './rule.js';

/** Reads the frames of `ReferenceServer` and `MockWebSocketServer`, in both directions. */
export function readJson(text: string): Facts {
  const frame = parse(text);
  if (!frame) return unreadable(text);
  const { stamp: signature } = frame;
  return typeof signature === 'number' ? { ...factsOf(frame), signature } : factsOf(frame);
}

function factsOf(frame: Readonly<Record<string, unknown>>): Facts {
  const { op, req_id, args, success, refused, topic, sequence, mark, key, n } = frame;
  const id = typeof req_id === 'string' || typeof req_id === 'number' ? req_id : undefined;
  if (op === 'hello' || (op === 'ping' && 'nonce' in frame)) return { kind: 'hello' };
  if (op === 'bye') return { kind: 'farewell' };
  if (op === 'cancel') return { kind: 'cancel' };
  if (op === 'ping' || op === 'pong') return { kind: 'ping' };
  if (op === 'auth') {
    if (key !== undefined) return { kind: 'authentication' };
    const isFinal = frame.final === true;
    return { kind: 'other', verdict: success === true ? 'accepted' : isFinal ? 'final' : 'refused' };
  }
  if (op === 'completed') return { kind: 'revocation', topics: namesOf(args), isFinal: true, isNormal: true };
  if (op === 'resumed') return { kind: 'resumption', topics: namesOf(args) };
  if (op === 'revoked') return { kind: 'revocation', topics: namesOf(args), isFinal: frame.final === true };
  if (op === 'subscribe' || op === 'unsubscribe') {
    if (success === undefined) return { kind: op, id, topics: namesOf(args) };
    const topics = namesOf(args);
    if (success === true) return { kind: op, id, topics, refused: namesOf(refused) };
    if (frame.error === 'already subscribed') return { kind: op, id, topics };
    if (Array.isArray(refused)) return { kind: 'other', id, refused: namesOf(refused) };
    return { kind: 'other', id, refused: Array.isArray(args) ? topics : 'all' };
  }
  if (typeof mark === 'number') return { kind: 'call', mark };
  if (id !== undefined) return { kind: 'call', id, mark: typeof n === 'number' ? n : undefined };
  if (typeof topic === 'string') {
    const update = { topic, sequence: typeof sequence === 'number' ? sequence : undefined };
    return frame.last === 1
      ? { kind: 'revocation', topics: [topic], isFinal: true, isNormal: true, ...update }
      : { kind: 'update', ...update };
  }
  return { kind: 'other' };
}

/** What a frame seems to be that cannot be read: nothing that it says counts, but a login it refuses. */
function unreadable(text: string): Facts {
  if (text.startsWith('{"op":"auth"')) return { kind: 'unreadable', verdict: 'refused' };
  return {
    kind: 'unreadable',
    topic: /^\{"topic":"(\w+)"/.exec(text)?.[1],
    about: /"req_id":"(\w+)"/.exec(text)?.[1],
  };
}

function parse(text: string): Readonly<Record<string, unknown>> | undefined {
  if (!text.startsWith('{')) return undefined;
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}

function namesOf(args: unknown): string[] {
  if (!Array.isArray(args)) return [];
  return args.map((entry: unknown) =>
    typeof entry === 'object' && entry !== null ? String((entry as { topic?: unknown }).topic) : String(entry),
  );
}
