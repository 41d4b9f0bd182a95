import { type AnyTransportError, ConnectionFailedError, ProtocolError } from '../errors.js';
import type { Clock, Socket, SocketClose, SocketEvents } from '../runtime.js';
import { Deferred } from '../util/deferred.js';
import { Timer } from '../util/timer.js';
import { describe } from '../util/wrap-error.js';
import { END, EventReader, type RecordingSource } from './event-reader.js';
import { PlayedSocket } from './played-socket.js';
import type { PlayedFrames, PlayerOptions, ReplaySummary } from './player-options.js';
import { contentOf, failureOf } from './recorded-content.js';
import type { RecordedEvent, RecordedFrame } from './recording-event.js';
import { RequestGate } from './request-gate.js';
import * as texts from './texts.js';
import { Timeline } from './timeline.js';

/** Events that are played before other code gets its turn. */
const EVENTS_PER_TURN = 256;
/** An attempt of the client may take so long, in milliseconds: less than its `connectTimeout`. */
const LONGEST_OPENING = 5_000;
const LOST: SocketClose = { code: 1006, reason: '', wasClean: false };
const ENDED: SocketClose = { code: 1000, reason: texts.ENDED, wasClean: true };
const STOPPED: SocketClose = { ...ENDED, reason: texts.STOPPED };

/** The engine of a player: which event of the recording happens when, and to which socket of the client. */
export class Playback {
  readonly #done = new Deferred<ReplaySummary>();
  readonly #clock: Clock;
  readonly #options: PlayerOptions;
  readonly #events: EventReader;
  readonly #gate: RequestGate;
  readonly #timeline: Timeline;
  readonly #timer: Timer;
  #frames = 0;
  #hidden = 0;
  #position = 0;
  /** Why nothing is played for now: `pause()` of the player, or of the client. */
  readonly #holds = new Set<'player' | 'client'>();
  /** The client's current socket. */
  #socket: PlayedSocket | undefined;
  /** A recorded attempt that the client gave up before its end. The client's next attempt gets it again. */
  #retry: number | undefined;
  /** A recorded close that followed the wish of the client: the end of the recording, if no other socket follows. */
  #ownClose: SocketClose | undefined;
  /** Whether the client of the recording ended the current recorded socket. */
  #wasLeft = false;
  #end: SocketClose | AnyTransportError | undefined;

  /** @throws ConfigError for anything but a recording */
  constructor(source: RecordingSource, clock: Clock, options: PlayerOptions) {
    const { speed = 1, patience = 0, idField } = options;
    this.#options = options;
    this.#clock = clock;
    this.#events = new EventReader(source, {
      onReady: () => this.#play(),
      onFailure: (error) => this.#fail(error),
    });
    this.#gate = new RequestGate(clock, patience, idField);
    this.#timeline = new Timeline(clock, speed);
    this.#timer = new Timer(clock);
  }

  get finished(): Promise<ReplaySummary> {
    return this.#done.promise;
  }

  get position(): number {
    return this.#position;
  }

  get startedAt(): number | undefined {
    return this.#events.header?.startedAt;
  }

  get isPaused(): boolean {
    return this.#holds.has('player');
  }

  get speed(): number {
    return this.#timeline.speed;
  }

  change(speed: number): void {
    this.#timeline.change(speed, this.#position);
    this.#playSoon();
  }

  stop(): void {
    this.#finish(STOPPED);
  }

  // ——— The client ———

  dial(events: SocketEvents): Socket {
    const socket = new PlayedSocket(this.#clock, events, {
      onSend: (data) => this.#sent(data),
      onPause: (isPaused) => this.hold('client', isPaused),
      onLeave: (left) => this.#left(left),
    });
    this.#socket = socket;
    this.#gate.reset();
    if (this.#end === undefined) this.#playSoon();
    else this.#clock.setTimer(() => this.#refuse(socket), 0);
    return socket;
  }

  /** There is nothing left to play, and no further attempt can change that. */
  #refuse(socket: PlayedSocket): void {
    const [why, cause] = this.#end instanceof Error ? [this.#end.message, this.#end] : [texts.NOTHING_LEFT, undefined];
    socket.failed({ cause: new ConnectionFailedError(why, { cause, retryable: false }) });
    socket.end(LOST);
  }

  #left(socket: PlayedSocket): void {
    if (socket !== this.#socket) return;
    this.#retry = socket.wasOpen ? undefined : socket.number;
    this.#socket = undefined;
    this.#holds.delete('client');
    this.#gate.reset();
    if (this.#end === undefined) this.#playSoon();
  }

  #sent(data: string | Uint8Array): void {
    let answers: PlayedFrames;
    try {
      answers = this.#options.answer?.(data);
    } catch (cause) {
      return this.#fail(new ProtocolError(`${texts.ANSWER_FAILED}: ${describe(cause)}`, { cause }));
    }
    if (answers !== undefined) return this.#answer(answers);
    if (typeof data !== 'string') return;
    this.#gate.sent(data);
    if (this.#gate.isWaiting) this.#playSoon();
  }

  #answer(answers: Exclude<PlayedFrames, undefined>): void {
    const socket = this.#socket;
    const frames = typeof answers === 'string' || 'byteLength' in answers ? [answers] : answers;
    this.#clock.setTimer(() => {
      for (const frame of frames) socket?.message(frame);
    }, 0);
  }

  hold(who: 'player' | 'client', isHeld: boolean): void {
    if (isHeld === this.#holds.has(who)) return;
    this.#timeline.anchor(this.#position);
    if (isHeld) this.#holds.add(who);
    else this.#holds.delete(who);
    if (!isHeld) this.#playSoon();
  }

  // ——— The recording ———

  /** Later, so that the code behind what was played last has its turn. Returns false: nothing follows at once. */
  #playSoon(): false {
    if (this.#end === undefined) this.#timer.start(0, () => this.#play());
    return false;
  }

  #play(): void {
    let steps = 0;
    while (this.#holds.size === 0 && this.#end === undefined && this.#step()) {
      if (++steps < EVENTS_PER_TURN) continue;
      this.#playSoon();
      return;
    }
  }

  /** Plays the next event if it is due. Returns whether the event after it may follow at once. */
  #step(): boolean {
    const event = this.#events.peek();
    if (event === undefined) return false;
    if (event === END) return this.#finish(ENDED);
    if (event.event === 'connecting') return this.#begin(event);
    const socket = this.#socket;
    if (event.socket === this.#retry) {
      if (!socket) return false;
      socket.number = this.#retry;
      this.#retry = undefined;
    }
    if (socket?.number !== event.socket || this.#ownClose) return this.#pass();
    if (!this.#isDue(event, socket)) return false;
    this.#position = event.time;
    return this.#act(event, socket);
  }

  #act(event: RecordedEvent, socket: PlayedSocket): boolean {
    if (event.event === 'out') return this.#expect(event, event.time);
    this.#pass();
    switch (event.event) {
      case 'open':
        socket.open();
        return this.#playSoon();
      case 'in':
        this.#receive(event, socket);
        return true;
      case 'ping':
        if (event.direction === 'in') socket.pinged();
        return true;
      case 'leave':
        this.#wasLeft = true;
        return true;
      case 'error':
        socket.failed(failureOf(event));
        return true;
      case 'close': {
        const { code, reason, wasClean = false } = event;
        if (this.#wasLeft) this.#ownClose = { code, reason, wasClean };
        else this.#close({ code, reason, wasClean });
        return this.#playSoon();
      }
      default:
        return true;
    }
  }

  #pass(): true {
    this.#events.take();
    return true;
  }

  /** A recorded socket begins: the client's current socket ends, and its next socket gets the new life. */
  #begin({ socket: number, time }: RecordedEvent): boolean {
    const socket = this.#socket;
    if (!socket) return false;
    if (socket.number !== undefined) {
      this.#close(this.#ownClose ?? LOST);
      return this.#playSoon();
    }
    socket.number = number;
    this.#retry = undefined;
    this.#ownClose = undefined;
    this.#wasLeft = false;
    this.#position = time;
    // A client that dials early waits as long as it did then. A client that dials late moves the recording.
    if (this.#timeline.dueAt(time) <= this.#clock.now()) this.#timeline.anchor(time);
    return this.#pass();
  }

  #close(close: SocketClose): void {
    const socket = this.#socket;
    this.#socket = undefined;
    this.#ownClose = undefined;
    this.#holds.delete('client');
    socket?.end(close);
  }

  #isDue({ time }: RecordedEvent, socket: PlayedSocket): boolean {
    const dueAt = this.#timeline.dueAt(time);
    const latest = socket.wasOpen ? Infinity : socket.dialledAt + LONGEST_OPENING;
    const delay = Math.min(dueAt, latest) - this.#clock.now();
    if (delay > 0) {
      this.#timer.start(delay, () => this.#play());
      return false;
    }
    if (latest < dueAt) this.#timeline.anchor(time);
    return true;
  }

  #receive(frame: RecordedFrame, socket: PlayedSocket): void {
    const data = contentOf(frame);
    if (data === undefined) {
      this.#hidden++;
    } else {
      this.#frames++;
      socket.message(typeof data === 'string' ? this.#gate.translate(data) : data);
    }
  }

  /** A frame was sent here: the client sends it too, has sent it already, or takes too long. */
  #expect(frame: RecordedFrame, time: number): boolean {
    if (!('text' in frame)) return this.#pass();
    const verdict = this.#gate.ask(frame.text);
    if (verdict.wait > 0) {
      this.#timer.start(verdict.wait, () => this.#play());
      return false;
    }
    if ('isLate' in verdict && verdict.isLate) this.#timeline.anchor(time);
    return this.#pass();
  }

  // ——— The end ———

  #fail(error: AnyTransportError): void {
    if (this.#end !== undefined) return;
    this.#end = error;
    this.#timer.stop();
    this.#events.close();
    this.#done.reject(error);
    if (this.#socket) this.#refuse(this.#socket);
    this.#socket = undefined;
  }

  #finish(close: SocketClose): false {
    if (this.#end !== undefined) return false;
    this.#end = close;
    this.#timer.stop();
    this.#events.close();
    this.#done.resolve({ frames: this.#frames, hidden: this.#hidden, unsent: this.#gate.unsent });
    if (close === STOPPED || this.#options.atEnd !== 'stay') this.#close(close);
    return false;
  }
}
