import { type SimulatedConnection, SimulatedNetwork } from 'hpx-transport-ws/testing';
import { describe, expect, it } from 'vitest';
import { probe } from '../../support/probe.js';

async function open() {
  const network = new SimulatedNetwork();
  let peer: SimulatedConnection | undefined;
  network.listen('ws://peer', (connection) => {
    peer = connection;
  });
  const client = probe(network.runtime().openSocket, 'ws://peer');
  await network.clock.advance(5);
  if (!peer) throw new Error('There is no connection.');
  return { clock: network.clock, client, peer };
}

describe('a line of the simulated network', () => {
  it('that is slow brings a message when its last byte is through, and counts each byte before', async () => {
    const { clock, client, peer } = await open();
    peer.slowDown(1_000, 'to-client');
    peer.send('x'.repeat(10_000));
    await clock.advance(5_000);
    expect(client.messages).toEqual([]);
    expect(client.socket.bytesReceived).toBeGreaterThan(4_000);
    expect(client.socket.bytesReceived).toBeLessThan(6_000);
    await clock.advance(5_100);
    expect(client.messages).toHaveLength(1);
    peer.send('y'.repeat(10_000));
    peer.slowDown();
    await clock.advance(5);
    expect(client.messages).toHaveLength(2);
  });

  it('whose other end reads nothing more fails each write, and brings what was sent before', async () => {
    const { clock, client, peer } = await open();
    peer.send('last');
    peer.close(4_003, 'key revoked');
    peer.refuseWrites();
    expect(() => client.socket.send('order')).toThrow('EPIPE');
    await clock.advance(2_000);
    expect(client.messages).toEqual(['last']);
    expect(client.closes).toMatchObject([{ code: 4_003, reason: 'key revoked' }]);
  });
});
