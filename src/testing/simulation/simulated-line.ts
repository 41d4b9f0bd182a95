import type { SimulatedConnection } from './simulated-connection.js';
import type { SimulatedPipe } from './simulated-pipe.js';
import type { SimulatedSocket } from './simulated-socket.js';
import type { VirtualClock } from './virtual-clock.js';

/** What a socket tells of its end; a sound platform tells one error at most and then one close at once. */
export interface SimulatedReports {
  /** Whether an error is told. Default true; false is a close without an error. */
  error: boolean;
  /** How often the close is told. Default 1; 0 is an error without a close, 2 a duplicate. */
  closes: number;
  /** How late it is told, in milliseconds. Default 0. */
  closeDelay: number;
}

/** What the two ends of one connection share. */
export interface SimulatedLine {
  readonly clock: VirtualClock;
  readonly toServer: SimulatedPipe;
  readonly toClient: SimulatedPipe;
  /** Bytes that leave the client's process although nobody reads them. */
  readonly kernelBuffer: number;
  readonly reports: SimulatedReports;
  client: SimulatedSocket | undefined;
  /** Undefined until the server accepts. */
  server: SimulatedConnection | undefined;
  /** The server learns that the client is gone. */
  dropped(): void;
  /** The client's end is over. */
  ended(socket: SimulatedSocket): void;
}
