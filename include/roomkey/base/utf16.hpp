// UTF-16 at the border: what some programs save as "Unicode".
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace roomkey::base {

enum class ByteOrder { little, big };

// By its mark (U+FEFF) at the start.
[[nodiscard]] std::optional<ByteOrder> utf16_mark(std::string_view bytes);

// As UTF-8; nothing where a unit is cut off or half of a surrogate pair is missing.
[[nodiscard]] std::optional<std::string> utf8_of_utf16(std::string_view bytes, ByteOrder order);

}  // namespace roomkey::base
