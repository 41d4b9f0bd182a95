import * as texts from '../../texts.js';
import type { OptionRule, OptionRules } from '../../util/options.js';
import { isFunction, isWord, isWordOrWords } from '../common/values.js';

/**
 * The member names and values of a plain JSON protocol. The defaults are those of the most common dialect:
 * `{"op":"subscribe","req_id":"1","args":["trades.BTC"]}`.
 */
export interface GenericJsonOptions {
  /**
   * The member that holds the id of a request, in the request and in its answer.
   * @default 'req_id'
   */
  readonly requestIdField?: string;
  /**
   * The member that holds the topic of an update.
   * @default 'topic'
   */
  readonly topicField?: string;
  /**
   * The member that holds the operation.
   * @default 'op'
   */
  readonly operationField?: string;
  /**
   * The member that holds the list of topics in a subscribe frame.
   * @default 'args'
   */
  readonly argumentsField?: string;
  /**
   * The member that holds the data of an answer or an update. If a frame lacks it, the data is the whole frame.
   * @default 'data'
   */
  readonly dataField?: string;
  /**
   * The operation that subscribes.
   * @default 'subscribe'
   */
  readonly subscribeOp?: string;
  /**
   * The operation that unsubscribes.
   * @default 'unsubscribe'
   */
  readonly unsubscribeOp?: string;
  /**
   * The operation of a ping, in both directions.
   * @default undefined: no ping in JSON, because WebSocket pings are enough for most servers
   */
  readonly pingOp?: string;
  /**
   * The operation that answers a ping, in both directions.
   * @default 'pong'
   */
  readonly pongOp?: string;
  /**
   * The member that is `false` in a refusal.
   * @default 'success'
   */
  readonly successField?: string;
  /**
   * The member that holds the error: a text, or an object with `message`, `code` and `data`.
   * @default 'error'
   */
  readonly errorField?: string;
  /**
   * The member that holds a result code, for servers that send one in every answer, such as `"retCode":0`. Where it is
   * present, it decides whether an answer is an error.
   * @default undefined: `successField` and `errorField` decide
   */
  readonly codeField?: string;
  /**
   * The codes of a success. A code counts as the same in text and as a number.
   * @default [0]
   */
  readonly successCodes?: readonly (string | number)[];
  /**
   * The member that says whether a frame is an answer or an update, for servers whose other members do not say it.
   * @default undefined: the other members decide
   */
  readonly typeField?: string;
  /** The value, or values, of `typeField` in an answer. */
  readonly responseType?: string | readonly string[];
  /** The value, or values, of `typeField` in an update. */
  readonly updateType?: string | readonly string[];
  /**
   * Parses a text, for `message.json`. A parser of your own can keep integers beyond 2^53 exact.
   * @default JSON.parse
   */
  parse?(text: string): unknown;
  /**
   * Writes a payload, for `request()`, `sendJson()` and the frames of the handler.
   * @default JSON.stringify
   */
  stringify?(value: unknown): string;
}

type Optional = 'pingOp' | 'codeField' | 'typeField' | 'responseType' | 'updateType' | 'parse' | 'stringify';
export type GenericJsonSettings = Pick<GenericJsonOptions, Optional> & Required<Omit<GenericJsonOptions, Optional>>;

const word = (fallback?: string): OptionRule => [isWord, 'a non-empty string', fallback];
const words: OptionRule = [isWordOrWords, 'a non-empty string, or a list of them'];
export const genericJsonRules: OptionRules<GenericJsonOptions> = {
  requestIdField: word('req_id'),
  topicField: word('topic'),
  operationField: word('op'),
  argumentsField: word('args'),
  dataField: word('data'),
  subscribeOp: word('subscribe'),
  unsubscribeOp: word('unsubscribe'),
  pingOp: word(),
  pongOp: word('pong'),
  successField: word('success'),
  errorField: word('error'),
  codeField: word(),
  successCodes: [isListOfCodes, 'a list of numbers and strings', [0]],
  typeField: word(),
  responseType: words,
  updateType: words,
  parse: [isFunction, texts.A_FUNCTION],
  stringify: [isFunction, texts.A_FUNCTION],
};

function isListOfCodes(value: unknown): boolean {
  return Array.isArray(value) && value.length > 0 && value.every((code) => isWord(code) || Number.isFinite(code));
}
