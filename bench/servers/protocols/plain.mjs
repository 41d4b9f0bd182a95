/** How many requests wait for each other before they are answered, the last one first. */
const HELD = 50;

/**
 * The generic JSON protocol: operations with arguments, answers by `req_id`, updates by `topic`.
 * `echo` answers at once, `reverse` out of order, `forget` never.
 */
export default function plain() {
  const held = [];
  return {
    update: (topic, data) => JSON.stringify({ topic, data }),
    answer: (text) => {
      const { op, req_id, args } = JSON.parse(text);
      switch (op) {
        case 'echo':
          return JSON.stringify({ req_id, data: args });
        case 'forget':
          return undefined;
        case 'reverse':
          held.push(JSON.stringify({ req_id, data: args }));
          return held.length === HELD ? held.splice(0).reverse() : undefined;
        default:
          return JSON.stringify({ op, req_id, success: true });
      }
    },
  };
}
