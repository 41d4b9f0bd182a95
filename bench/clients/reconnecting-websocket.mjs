import ReconnectingWebSocket from 'reconnecting-websocket';
import WebSocket from 'ws';
import { byHand } from './by-hand.mjs';

export function open(url) {
  return byHand(new ReconnectingWebSocket(url, [], { WebSocket }));
}
