// Every text of this venue's handlers that a user can see. They are not in the texts of the core, so that the core stays
// small.

export const API_KEY = 'the API key, a text; together with secret';
export const API_SECRET =
  'the secret of an HMAC key, or the private key of an Ed25519 or RSA key as PKCS#8 in PEM; together with apiKey';
export const LOGON_KEY = 'false, because session.logon takes Ed25519 keys only';
export const RECV_WINDOW = 'a number of milliseconds';
export const USER_DATA_TOPIC = "'userData', the only topic of the WebSocket API";
export const STREAM_ENDED = 'the venue ended the user data stream';
export const SERVER_SHUTDOWN = 'the server is about to shut down';
export const failed = (status: number) => `the venue answered with status ${status} and gave no reason`;
