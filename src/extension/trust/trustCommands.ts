/** The commands about devices and trust: a bundle of its own, loaded when first needed. */
export { manageDevices } from '../account/manageDevices.ts';
export { whoCanSee } from './whoCanSee.ts';
export { recover, resetIdentity, setUpRecovery, tellBackupReplaced } from './recoveryCommands.ts';
export { answerVerification, verifyDevice, verifyPerson, verifyTeammate } from './verifyByEmoji.ts';
