/** English words that are in nearly every text, and so tell no text from another. */
export const STOP_WORDS: ReadonlySet<string> = new Set(
  `a an the and or but if then so of to in on at for with by from as is are was were be been being am do does did have
  has had having i me my mine you your yours he him his she her hers it its we us our ours they them their theirs this
  that these those there here what which who whom whose when where why how not no nor can could will would shall should
  may might must just about into than too very up out over some any all`.split(/\s+/),
);
