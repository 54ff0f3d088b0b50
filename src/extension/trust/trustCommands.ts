/** The commands about devices and trust. A bundle of its own, loaded on first use. */
export { manageDevices } from '../account/manageDevices.ts';
export { whoCanSee } from './whoCanSee.ts';
export { recover, resetIdentity, setUpRecovery, tellBackupReplaced } from './recoveryCommands.ts';
export { answerVerification, verifyDevice, verifyPerson, verifyTeammate } from './verifyByEmoji.ts';
