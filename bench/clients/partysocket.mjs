import { WebSocket as PartySocket } from 'partysocket';
import WebSocket from 'ws';
import { byHand } from './by-hand.mjs';

export function open(url) {
  return byHand(new PartySocket(url, [], { WebSocket }));
}
