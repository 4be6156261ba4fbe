/** How long a call of AWS may take, in milliseconds. One that takes longer is given up, and the SDK sends it again. */
export const requestHandler = { connectionTimeout: 3000, requestTimeout: 5000, throwOnRequestTimeout: true } as const;
