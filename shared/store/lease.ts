/** Seconds. No request runs longer, so nothing of it is under way after that. */
export const lease = 60;
