// SPDX-License-Identifier: EUPL-1.2
// What reads a basemap file: fetched only for a release that has one.
export { PMTiles, Protocol } from 'pmtiles';
