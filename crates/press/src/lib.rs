//! News text and drafts: claims with their sentence, sums checked.
