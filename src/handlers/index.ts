/** Helpers for those who write a handler. Each can be used alone; a bundle holds only those that are imported. */
export { type ConnectionSequence, connectionSequence } from './kit/connection-sequence.js';
export type { BinaryEncoding } from './kit/encoding.js';
export { acceptedOnly, fullState, type ListedTopics, outcomeOf } from './kit/outcomes.js';
export { type QueryCodec, type QueryParts, queryCodec } from './kit/query-codec.js';
export { type AlphanumericIdOptions, alphanumericIds, type NumericIdOptions, numericIds } from './kit/request-ids.js';
export { countedSequence, linkedSequence, type SequenceOptions } from './kit/sequences.js';
export {
  ed25519,
  type HashName,
  type HmacOptions,
  hmac,
  type PrivateKeyOptions,
  type RsaOptions,
  rsa,
  type Signer,
} from './kit/signing.js';
export { codec, type TopicCodec, type TopicFields, type TopicOf } from './kit/topic-codec.js';
