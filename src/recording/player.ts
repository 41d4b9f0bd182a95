import { systemClock } from '../adapters/clock.js';
import type { Runtime } from '../runtime.js';
import { check, readOptions } from '../util/options.js';
import type { RecordingSource } from './event-reader.js';
import { Playback } from './playback.js';
import { PLAYER_RULES, type PlayerOptions, type ReplaySummary, SPEED } from './player-options.js';

/** The client takes a random part of its delay away. */
const NEARLY_ONE = 1 - Number.EPSILON;

/**
 * Plays a recording of `Recorder` to a client: `runtime` opens sockets that live as the recorded ones did. The first socket
 * of the client gets the life of the first recorded socket, and so on.
 *
 * @example
 * ```ts
 * const recording = [
 *   '{"recording":"hpx-transport-ws","version":1,"startedAt":1767225600000}',
 *   '{"time":0,"socket":1,"event":"connecting","url":"wss://feed.test/"}',
 *   '{"time":9,"socket":1,"event":"open"}',
 *   '{"time":10,"socket":1,"event":"in","text":"{\\"topic\\":\\"trades.BTC\\",\\"data\\":64000}"}',
 * ];
 * const player = new Player(recording, { speed: Infinity });
 * const replayed = new WebSocketClient({ url: 'ws://recording' }, handler, player.runtime);
 * replayed.on('message', (message) => show(message.text)); // nobody has subscribed to this topic
 * await replayed.connect();
 * await player.finished; // { frames: 1, hidden: 0, unsent: 0 }
 * ```
 */
export class Player {
  /**
   * For the third argument of a client. Its random numbers are such that the client reconnects at once: the recording says how
   * long each attempt takes.
   */
  readonly runtime: Runtime;
  /**
   * Resolves at the end of the recording, or of `stop()`. Rejects with a `ProtocolError` for a line that cannot be read, which
   * names its number, and for an `answer()` that throws. A rejection that nobody looks at is not reported.
   */
  readonly finished: Promise<ReplaySummary>;
  readonly #playback: Playback;

  /**
   * @param source - the text of a recording, or its lines; lines are read when they are needed, and no more of them after the
   *   end of the replay: `return()` of their iterator is called, which closes a file
   * @throws ConfigError for anything but a recording, an unknown option or a wrong value
   */
  constructor(source: RecordingSource, options: PlayerOptions = {}) {
    const read = readOptions('options', options, PLAYER_RULES);
    const { clock = systemClock } = read;
    const playback = new Playback(source, clock, read);
    this.#playback = playback;
    this.finished = playback.finished;
    this.runtime = { openSocket: (_, events) => playback.dial(events), clock, random: () => NEARLY_ONE };
  }

  /** Milliseconds from the start of the recording to what was played last. */
  get position(): number {
    return this.#playback.position;
  }

  /** When the recording began, in Unix milliseconds; undefined before the first line was read. */
  get startedAt(): number | undefined {
    return this.#playback.startedAt;
  }

  get isPaused(): boolean {
    return this.#playback.isPaused;
  }

  /** How fast the time of the recording passes: any number above 0, or Infinity. It may be changed at any time. */
  get speed(): number {
    return this.#playback.speed;
  }

  /** @throws ConfigError for anything but a number above 0, or Infinity */
  set speed(speed: number) {
    check('speed', speed, SPEED);
    this.#playback.change(speed);
  }

  /** Plays nothing until `resume()`. Pings are answered meanwhile. */
  pause(): void {
    this.#playback.hold('player', true);
  }

  resume(): void {
    this.#playback.hold('player', false);
  }

  /** Ends the replay: its socket closes, and `finished` resolves. */
  stop(): void {
    this.#playback.stop();
  }
}
