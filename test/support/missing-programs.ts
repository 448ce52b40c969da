// The marks in the titles of skipped suites whose programs are missing. The reporter counts them.
export const missingRedis = '[skipped: no redis-server on the PATH]';
export const missingPostgres = '[skipped: no PostgreSQL package for this platform]';
export const missingGo = '[skipped: no gqlclientgen with its Go library, or no go]';
export const missingRuby = '[skipped: no ruby with ruby-graphql-client]';
export const missingBrowser = '[skipped: no chromium on the PATH]';

export const missingPromtool = '[skipped: no promtool on the PATH]';
export const missingNamespaces = '[skipped: no root, unshare or setpriv]';

export const missingMarks = [
  missingRedis,
  missingPostgres,
  missingGo,
  missingRuby,
  missingBrowser,
  missingPromtool,
  missingNamespaces,
];
