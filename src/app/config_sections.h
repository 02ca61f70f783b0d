#pragma once
/* The two sections of the configuration that are lists: who sends, and who may use it. */
#include "app/config.h"
#include "config_read.h"

void config_read_gateways(struct config_reader *r, const struct yaml_node *root, struct config *c);
void config_read_people(struct config_reader *r, const struct yaml_node *root, struct config *c);
