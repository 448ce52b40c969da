// How a suite that lacks its server is marked in its title; the reporter looks for these marks.
export const missingRedis = '[skipped: no redis-server on the PATH]';
export const missingPostgres = '[skipped: no PostgreSQL package for this platform]';
