import { ProtocolError } from '../errors.js';
import { packError } from './packed-errors.js';
import * as texts from './texts.js';
import type { Entry } from './wire.js';

/** The entry, or a replacement if the entry cannot be cloned. */
export function clonable(entry: Entry): Entry {
  try {
    structuredClone(entry);
    return entry;
  } catch (cause) {
    const [kind, id] = entry;
    if (typeof kind === 'number') return ['unclonable', kind];
    const text = kind === 'resolved' || kind === 'rejected' ? texts.unclonableAnswer : texts.unclonableEvent;
    const error = packError(new ProtocolError(text, { delivery: 'unknown', cause }));
    if (kind === 'resolved') return ['rejected', id, error, 'answered'];
    if (kind === 'rejected') return ['rejected', id, error, entry[3]];
    return ['failed', error];
  }
}
