/** The same text in memory of its own: a piece that was cut from a longer text keeps all of it alive. */
export const apart = (text: string): string => Buffer.from(text, 'utf16le').toString('utf16le')
