// The texts of the Ethereum handler that a user can see.

export const LOG_FILTER =
  'an object with address (a hex text, or a list of them), topics (a list of hex texts, null and lists of hex texts), or both';
export const NO_SUBSCRIPTION_ID =
  'The node confirmed the subscription without an id. Its updates could not be told from others.';
