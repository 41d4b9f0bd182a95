import { GenericJsonHandler, type ProtocolHandler, WebSocketClient, type WebSocketConfigInput } from 'hpx-transport-ws';
import { Player, type PlayerOptions, Recorder, type RecorderOptions } from 'hpx-transport-ws/recording';
import { atEnd, QUICK } from '../support/live.js';

type Handler = ProtocolHandler<Record<string, unknown>, Record<string, unknown>>;

/** A client that is recorded, and the lines of its recording so far. */
export function recorded(
  url: string,
  options: {
    readonly handler?: Handler;
    readonly config?: Partial<WebSocketConfigInput>;
    readonly recorder?: Partial<RecorderOptions>;
  } = {},
) {
  const { handler = new GenericJsonHandler() } = options;
  const lines: string[] = [];
  const recorder = new Recorder({ sink: (line) => lines.push(line), handler, ...options.recorder });
  const config = { url, ...QUICK, ...options.config };
  const client = recorder.attach(new WebSocketClient(config, handler, recorder.runtime));
  atEnd(() => client.close());
  return {
    lines,
    recorder,
    client,
    /** The lines after the header, without their times. */
    get events(): Record<string, unknown>[] {
      return lines.slice(1).map((line) => {
        const { time: _, ...event } = JSON.parse(line);
        return event;
      });
    },
  };
}

/** A client that gets a recording instead of a network. */
export function replayed(
  source: ConstructorParameters<typeof Player>[0],
  options: PlayerOptions & { readonly handler?: Handler; readonly config?: Partial<WebSocketConfigInput> } = {},
) {
  const { handler = new GenericJsonHandler(), config, ...rest } = options;
  const player = new Player(source, { speed: Infinity, ...rest });
  const client = new WebSocketClient({ url: 'ws://recording', pingInterval: 0, ...config }, handler, player.runtime);
  atEnd(() => void client.close());
  return { player, client };
}

/** A recording with these events; each is `[time, socket, event, more]`. */
export function recording(...events: readonly (readonly [number, number, string, object?])[]): string {
  const lines = events.map(([time, socket, event, more]) => JSON.stringify({ time, socket, event, ...more }));
  return [HEADER, ...lines].join('\n');
}

export const HEADER = '{"recording":"hpx-transport-ws","version":1,"startedAt":1767225600000}';
export const CONNECTING = { url: 'wss://stream.example.com' };
export const LOST = { code: 1006, reason: '', wasClean: false };

/** The event of an inbound or outbound text frame. */
export function text(frame: object | string): { text: string } {
  return { text: typeof frame === 'string' ? frame : JSON.stringify(frame) };
}
