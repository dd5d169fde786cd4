// Characters that nobody sees and that come along when text is copied: two texts that look alike
// are not the same with them.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace roomkey::base {

// Blanks other than U+0020, and what Unicode says is shown as nothing (White_Space and
// Default_Ignorable_Code_Point of its DerivedCoreProperties.txt, and U+2800). Not control
// characters: see is_line().
[[nodiscard]] bool is_unseen(char32_t point);

// The same, without what some languages' names need inside: no-break and ideographic blanks,
// joiners, variation selectors.
[[nodiscard]] bool is_unseen_in_a_name(char32_t point);

// The first character of `text` for which `unseen` holds.
[[nodiscard]] std::optional<char32_t> find_unseen(std::string_view text,
                                                  bool (*unseen)(char32_t) = is_unseen);

// Without blanks (U+0009 to U+000D and U+0020 as well) and unseen characters at both ends.
[[nodiscard]] std::string_view trimmed(std::string_view text);

// Such as `U+200B`.
[[nodiscard]] std::string code_point_name(char32_t point);

}  // namespace roomkey::base
