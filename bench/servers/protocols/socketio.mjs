/** This server sends no ping, and a client that stays connected must not wait for one. */
const HOUR = 3_600_000;
const OPEN = JSON.stringify({ sid: 'bench', upgrades: [], pingInterval: HOUR, pingTimeout: HOUR, maxPayload: 1e9 });

/** socket.io over Engine.IO 4, WebSocket alone: events, and events with acknowledgement. */
export default function socketio() {
  return {
    greeting: [`0${OPEN}`],
    update: (topic, data) => `42${JSON.stringify([topic, data])}`,
    answer: (text) => {
      if (text.startsWith('40')) return '40{"sid":"bench"}';
      const event = /^42(\d+)(.*)$/s.exec(text);
      if (!event) return undefined;
      const [, value] = JSON.parse(event[2]);
      return `43${event[1]}${JSON.stringify([value])}`;
    },
  };
}
