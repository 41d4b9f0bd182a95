import { VirtualClock } from 'hpx-transport-ws/testing';
import { expect, it } from 'vitest';
import { RequestGate } from '../../src/recording/request-gate.js';

const RECORDED = '{"op":"order","req_id":"a"}';

it('a wait for a frame ends at its time, whatever fractions the clock has [RP9]', async () => {
  for (let n = 1; n <= 2_000; n++) {
    const clock = new VirtualClock();
    await clock.advance(n * 0.137);
    const gate = new RequestGate(clock, 20, undefined);
    // The client has sent another request, so that the recorded one may follow.
    gate.sent('{"op":"other","req_id":"b"}');
    const first = gate.ask(RECORDED);
    await clock.advance(first.wait);
    const second = gate.ask(RECORDED);
    // A wait that is too small to move the clock would come again for ever.
    expect(second.wait === 0 || clock.now() + second.wait > clock.now(), `${n}: ${second.wait}`).toBe(true);
  }
});
