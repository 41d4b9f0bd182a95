// Every text of this venue's handler that a user can see. They are not in the texts of the core, so that the core stays
// small.

const THREE = 'apiKey, secret and passphrase belong together';
export const API_KEY = `the API key, a text that is not empty; ${THREE}`;
export const API_SECRET = `the secret key, a text that is not empty; ${THREE}`;
export const PASSPHRASE = `the passphrase that was chosen with the API key, a text that is not empty; ${THREE}`;
export const TOPIC = "a channel and the other members of its arg, such as 'books?instId=BTC-USDT' or 'account'";
export const PARAMS = 'an object or a text: the extraParams of the subscription';
export const NO_REASON = 'the venue gave no reason';
export const connectionCount = (channel: string, count: string) =>
  `too many connections have the channel ${channel} (${count})`;
