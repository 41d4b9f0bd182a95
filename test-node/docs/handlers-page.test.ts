import { readFileSync } from 'node:fs';
import { ProtocolHandler } from 'hpx-transport-ws';
import { expect, it } from 'vitest';

const MUST_BE_WRITTEN = ['classifyMessage', 'extractRequestId', 'extractTopic', 'buildSubscribe', 'buildUnsubscribe'];

it('docs/handlers.md has one row for every hook of a handler, and for nothing else [HN58]', () => {
  const page = readFileSync('docs/handlers.md', 'utf8');
  const tables = page.slice(page.indexOf('## The hooks'), page.indexOf('### How a wrong key ends'));
  const named = [...tables.matchAll(/^\| (`\w+`(?:,(?: then)? `\w+`)*) \|/gm)].flatMap(([, cell = '']) =>
    cell.match(/\w{5,}/g),
  );
  const members = Object.entries(Object.getOwnPropertyDescriptors(ProtocolHandler.prototype));
  const hooks = members.flatMap(([name, { value }]) =>
    typeof value === 'function' && name !== 'constructor' ? name : [],
  );
  expect(named.sort()).toEqual([...hooks, ...MUST_BE_WRITTEN].sort());
});
