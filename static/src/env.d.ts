/** Where the build put the core, with its hash in the name. */
declare const CORE_URL: string;
