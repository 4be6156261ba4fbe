// Bundles use this instead of the SDK's event streams. The SDK imports them when an answer is one, and no answer that we ask for is.
export {};
