import '../../../shared/require-node.ts';
import { runBackupCommand } from './command.ts';

process.exitCode = await runBackupCommand(process.argv.slice(2), process.env.DATA_DIR ?? 'data', process);
