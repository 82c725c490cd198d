/** Given names that the gallery knows, for the extension that asks. */
export const KNOWN_NAMES: ReadonlySet<string> = new Set(['Ada', 'Alan', 'Barbara', 'Edsger', 'Grace', 'Katherine', 'Ken', 'Margaret', 'Niklaus', 'Radia'])
