import { codec, queryCodec } from 'hpx-transport-ws/handlers';
import { expectTypeOf, it } from 'vitest';

it('types the parts and the topics of a pattern [HK1]', () => {
  const topics = codec('book.{symbol}@{depth}ms');
  expectTypeOf(topics.parse('')).toEqualTypeOf<{ symbol: string; depth: string } | undefined>();
  expectTypeOf(topics.format({ symbol: 'a', depth: 1 })).toEqualTypeOf<`book.${string}@${string}ms`>();
  // @ts-expect-error a part is missing
  topics.format({ symbol: 'a' });
});

it('types the members of a topic with a query [HK3]', () => {
  const topics = queryCodec('channel', ['instId']);
  expectTypeOf(topics.parse('')?.channel).toEqualTypeOf<string | undefined>();
  expectTypeOf(topics.parse('')?.instId).toEqualTypeOf<string | undefined>();
  // @ts-expect-error the name is missing
  topics.format({ instId: 'a' });
});
