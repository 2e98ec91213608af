import { PolicyPack } from "@pulumi/policy";
import { repositoryRoot } from "../toolchain/root";
import { policiesOf } from "./pack";
import { locateIn } from "./places";
import { rules } from "./registry";

new PolicyPack("flymon", {
  displayName: "Flymon",
  enforcementLevel: "mandatory",
  policies: policiesOf(rules, locateIn(repositoryRoot)),
});
