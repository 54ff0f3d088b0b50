/** The commands about devices and trust: a bundle of its own, loaded when first needed. */
export { manageDevices } from './manageDevices.ts';
export { whoCanSee } from './trust.ts';
export { recover, resetIdentity, setUpRecovery, tellBackupReplaced } from './trustRecovery.ts';
export { answerVerification, verifyDevice, verifyPerson, verifyTeammate } from './trustVerify.ts';
