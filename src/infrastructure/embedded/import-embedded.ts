// Loads an embedded store. Its packages are for development: a production installation does not have them.

/** The installation has no embedded stores, and a setting that names a server is missing. */
export class EmbeddedStoreMissingError extends Error {
  override readonly name = 'EmbeddedStoreMissingError';
}

/**
 * @param setting the setting that names a server instead.
 * @throws EmbeddedStoreMissingError if the packages of the embedded store are not installed.
 */
export async function importEmbedded<Module>(setting: string, load: () => Promise<Module>): Promise<Module> {
  try {
    return await load();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw error;
    throw new EmbeddedStoreMissingError(
      `${setting} is missing, and this installation has no embedded store: its packages are for development.`,
      { cause: error },
    );
  }
}
