import { describe, expect, it } from 'vitest';
import { showUrl, whatFailed } from '../../src/connection/attempt-report.js';
import { GenericJsonHandler } from '../../src/handlers/generic-json.js';
import type { SocketError } from '../../src/runtime.js';

const attempt = (protocols: readonly string[] = [], url: unknown = 'wss://exchange/ws') => ({
  url,
  protocols,
  handler: new GenericJsonHandler(),
});

describe('what an attempt that failed is told to be', () => {
  it.each<[string, SocketError | undefined, string]>([
    ['no socket error', undefined, 'no answer'],
    ['a cause without reasons', { cause: new Error('refused') }, 'no answer'],
    ['a cause with a reason for each address', { cause: { errors: [new Error('v6'), 'v4'] } }, 'v6, v4'],
    ['a cause whose reasons are no list', { cause: { errors: 'v6' } }, 'no answer'],
    ['an HTTP status', { cause: new Error('refused'), status: 503 }, 'HTTP status 503'],
    ['headers without a redirect', { cause: 1, status: 401, headers: { server: 'edge' } }, 'HTTP status 401'],
    [
      'a redirect',
      { cause: 1, status: 301, headers: { location: '/v2?key=S3CRET' } },
      'HTTP status 301; the server redirects to wss://exchange/v2, set this as the url',
    ],
    [
      'a redirect to what is no URL',
      { cause: 1, status: 301, headers: { location: 'wss://:bad:/' } },
      'HTTP status 301; the server redirects to ***, set this as the url',
    ],
  ])('with %s: %j is %s [ER13]', (_name, error, words) => {
    expect(whatFailed('no answer', error, attempt())).toBe(words);
  });

  it('names the subprotocols that were offered, without secrets [ER13]', () => {
    const said = whatFailed('no answer', undefined, attempt(['json', 'AbCdEf0123456789xyzAbCdEf']));
    expect(said).toBe('no answer; offered were the subprotocols json, ***');
  });

  it('shows host and path of a URL, without its scheme [ER13]', () => {
    const { handler } = attempt();
    expect(showUrl('wss://user:pass@exchange:9443/v5/public?token=1', handler)).toBe('exchange:9443/v5/public');
    expect(showUrl('wss://exchange/to?next=ws://other', handler)).toBe('exchange/to');
    expect(showUrl(() => 'wss://exchange', handler)).toBe('the server');
  });
});
