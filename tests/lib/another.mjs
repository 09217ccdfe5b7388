// Values for tests that save one and compare what comes back: each differs from all before it, and is stored as it is
// written, also as a duration in milliseconds, since no larger unit divides an odd number of them.
let last = 10_001 + 2 * Math.floor(Math.random() * 200_000); // where no former run on this stack is likely to have ended

export const another = () => String((last += 2));
export const anotherTime = () => `${another()}ms`;
