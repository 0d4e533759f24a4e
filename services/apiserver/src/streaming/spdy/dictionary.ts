/**
 * What both ends' compressors know before the first header (SPDY/3, section 2.6.10.1): each word with its length before it, then a tail.
 * zlib checks it by its Adler-32.
 */
const words = [
  'options head post put delete trace accept accept-charset accept-encoding accept-language',
  'accept-ranges age allow authorization cache-control connection content-base content-encoding',
  'content-language content-length content-location content-md5 content-range content-type date etag',
  'expect expires from host if-match if-modified-since if-none-match if-range if-unmodified-since',
  'last-modified location max-forwards pragma proxy-authenticate proxy-authorization range referer',
  'retry-after server te trailer transfer-encoding upgrade user-agent vary via warning www-authenticate',
  'method get status',
];
const lastWords = ['200 OK', 'version', 'HTTP/1.1', 'url', 'public', 'set-cookie', 'keep-alive', 'origin'];
const tail = [
  '100101201202205206300302303304305306307402405406407408409410',
  '411412413414415416417502504505203 Non-Authoritative Informat',
  'ion204 No Content301 Moved Permanently400 Bad Request401 Una',
  'uthorized403 Forbidden404 Not Found500 Internal Server Error',
  '501 Not ',
  'Implemented503 Service UnavailableJan Feb Mar Apr May Jun Ju',
  'l Aug Sept Oct Nov Dec 00:00:00 Mon, Tue, Wed, Thu, Fri, Sat',
  ', Sun, GMTchunked,text/html,image/png,image/jpg,image/gif,ap',
  'plication/xml,application/xhtml+xml,text/plain,text/javascri',
  'pt,publicprivatemax-age=gzip,deflate,sdchcharset=utf-8charse',
  't=iso-8859-1,utf-,*,enq=0.',
];

function dictionary(): Uint8Array {
  const parts = [...words.flatMap((line) => line.split(' ')), ...lastWords].map((word) => {
    const bytes = Buffer.alloc(4 + word.length);
    bytes.writeUInt32BE(word.length);
    bytes.write(word, 4, 'latin1');
    return bytes;
  });
  return Buffer.concat([...parts, Buffer.from(tail.join(''), 'latin1')]);
}

export const headerDictionary = dictionary();
