import { MorulaError } from '../../errors/index.ts';

/** Names of buckets: lower case, digits, dots and hyphens, 3 to 63 in all. */
const BUCKET = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;

/** True for `s3://bucket/key`. */
export const isS3Location = (location: string): boolean => /^s3:\/\//i.test(location);

/**
 * The http(s) address of `s3://bucket/key`, which is read without credentials: the data must be public.
 *
 * @param env AWS_ENDPOINT_URL_S3 or AWS_ENDPOINT_URL: another store than Amazon's, asked as `<endpoint>/<bucket>/<key>`;
 *   AWS_REGION or AWS_DEFAULT_REGION: where the bucket is
 * @throws `not-found` for what names no bucket
 */
export function s3Address(location: string, env: NodeJS.ProcessEnv = process.env): string {
  const [bucket, ...key] = location.slice('s3://'.length).split('/');
  if (!BUCKET.test(bucket)) {
    throw new MorulaError(
      'not-found',
      `zarr: ${location} must be s3://<bucket>/<path>, its bucket is ${JSON.stringify(bucket)}`,
    );
  }
  const path = key.map(encodeURIComponent).join('/');
  const endpoint = env.AWS_ENDPOINT_URL_S3 || env.AWS_ENDPOINT_URL;
  if (endpoint) return `${endpoint.replace(/\/+$/, '')}/${bucket}/${path}`;
  const region = env.AWS_REGION || env.AWS_DEFAULT_REGION;
  const host = region ? `s3.${region}.amazonaws.com` : 's3.amazonaws.com';
  // No certificate stands for a name with dots before the host.
  return bucket.includes('.') ? `https://${host}/${bucket}/${path}` : `https://${bucket}.${host}/${path}`;
}
