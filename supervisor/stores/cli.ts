import '../../shared/require-node.ts';
import { runStoreCommand } from './command.ts';

process.exitCode = await runStoreCommand(process.argv.slice(2), process.env.DATA_DIR ?? 'data', process);
