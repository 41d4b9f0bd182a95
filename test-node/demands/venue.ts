import type { MockAnswer, MockConnection, MockWebSocketServer } from 'hpx-transport-ws/testing';
import { serve } from '../support/live.js';

/** A venue that answers nothing but what its script says; the script gets each JSON frame, parsed. */
export async function venue<T>(
  answer: (frame: T, connection: MockConnection) => MockAnswer | undefined = () => undefined,
): Promise<MockWebSocketServer> {
  const server = await serve({ exchange: false });
  server.respondTo(isJson, (text, connection) => answer(JSON.parse(text) as T, connection));
  return server;
}

/** The JSON frames that a venue got so far, parsed, oldest first. */
export function sent<T>(server: MockWebSocketServer): T[] {
  return server.received
    .map(({ data }) => String(data))
    .filter(isJson)
    .map((text) => JSON.parse(text) as T);
}

/** As many JSON frames as a test waits for. */
export function sentUntil<T>(server: MockWebSocketServer, count: number): Promise<T[]> {
  return server.waitFor(`${count} frames`, () => {
    const frames = sent<T>(server);
    return frames.length >= count && frames;
  });
}

function isJson(text: string): boolean {
  return /^[{[]/.test(text);
}
