/** Bundles use this instead of `semver`, of which jsonwebtoken only asks whether Node is newer than some old versions. */
export const satisfies = () => true;
