// Every text of this venue's handler that a user can see. They are not in the texts of the core, so that the core stays
// small.

export const API_KEY = "the API key, a text that is not empty; together with 'secret'";
export const API_SECRET = "the secret of the API key, a text that is not empty; together with 'apiKey'";
export const needsKey = (endpoint: string) =>
  `a text that is not empty, because the endpoint '${endpoint}' needs a login`;
export const RECV_WINDOW = 'an integer from 1 to 60000 (milliseconds)';
export const A_FUNCTION = 'a function';
export const PLAIN_REQUEST = 'A request must be an object, such as { op, args }.';
export const REFUSED = 'the venue refused and gave no reason';
export const RESTARTING = 'the service restarts';
