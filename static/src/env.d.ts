/** Where the build put the core, with its hash in the name. */
declare const CORE_URL: string;

/** The stylesheets of pages that are fetched later, by name; likewise. */
declare const STYLE_URLS: Readonly<Record<'admin' | 'changes' | 'dashboard' | 'detail' | 'palette' | 'records', string>>;
