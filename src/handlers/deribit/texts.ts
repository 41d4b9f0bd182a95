// The texts of the Deribit handler that a user can see.

export const API_KEY = 'the client id of an API key, a text; together with secret';
export const SECRET = 'the client secret of an API key, a text; together with apiKey';
export const SCOPE = "a text such as 'session:bot' or 'trade:read'";
export const HEARTBEAT = 'milliseconds from 10000 to 300000, in whole seconds';
export const PRIVATE_TOPIC = 'an API key: the topic is private';
export const notAccepted = (topic: string) =>
  `The venue did not accept '${topic}'. Check the name of the instrument and the interval; it gives no reason.`;
