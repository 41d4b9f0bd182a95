/**
 * Options of ws for a link. The certificate of the server signs itself.
 * @param {'plain' | 'tls' | 'deflate'} [link]
 */
export function linkOptions(link = 'plain') {
  return {
    perMessageDeflate: link === 'deflate',
    ...(link === 'tls' && { rejectUnauthorized: false }),
  };
}
