// Records that are in the files more than once: pages of a search overlap, and exports are put
// together. Equal ones are one; of a FHIR resource the newest version counts; others are a fault
// that names both places.
#pragma once

#include <string>

#include "cli/import/records.hpp"

namespace roomkey::cli::import {

void drop_repeated_people(Records& records);
void drop_repeated_appointments(Records& records);

// What differs between two users or appointments: such as `email, name`; empty where nothing does.
// A room counts only where both name one.
[[nodiscard]] std::string differences(const access::User& one, const access::User& other);
[[nodiscard]] std::string differences(const access::Appointment& one,
                                      const access::Appointment& other);

// The fault of the later one.
[[nodiscard]] std::string repeated_otherwise(const std::string& first_place,
                                             const std::string& differences);

}  // namespace roomkey::cli::import
