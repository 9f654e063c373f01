import '../../../shared/require-node.ts';
import { runRestoreCommand } from './command.ts';

process.exitCode = await runRestoreCommand(process.argv.slice(2), process.env.DATA_DIR ?? 'data', process);
