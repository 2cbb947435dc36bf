/** What the tests on workerd run against: the deployed Worker itself. */
export { default, RunCoordinator, RunScheduler, TwitchGate } from "../../src/index.ts";
