/** Credentials that were invented for the tests; the signature was computed with another implementation. */
export const KEYS = {
  apiKey: '985d5b66-57ce-40fb-b714-afc0b9787001',
  secret: 'INVENTED22582BD0CFF14C41EDBF1AB9',
  passphrase: 'inv-pass',
} as const;
export const LOGIN_TIME = 1_790_000_000_532;
export const SIGNATURE = 'N4GiBNoy1ykGMVw9rA8KwtJyatDDj14JTPl7YI6/R6c=';
