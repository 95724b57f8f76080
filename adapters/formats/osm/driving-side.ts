// On which side a country drives, by boxes of longitude and latitude. Coarse: near a border between the two sides it may be
// wrong, and the import says what it took. List: countries that drive on the left, as of 2024.

type Box = [west: number, south: number, east: number, north: number]

const LEFT: Box[] = [
  // Great Britain and Ireland, Channel Islands, Malta, Cyprus.
  [-10.8, 49.85, 1.79, 61], [-2.8, 49.1, -1.95, 49.85], [14.1, 35.7, 14.7, 36.1], [32.2, 34.5, 34.7, 35.8],
  // Japan: Kyushu, Honshu and Shikoku, Hokkaido, Okinawa.
  [128.5, 30, 132.1, 34.2], [130.8, 32.5, 142.2, 41.6], [139.3, 41.3, 146, 45.6], [122.9, 24, 131.4, 28.6],
  // India, Nepal, Bhutan, Bangladesh, Sri Lanka, Maldives.
  [68, 5.5, 89, 27], [74, 27, 81, 33], [68, 27, 74, 30], [80, 26.3, 88.2, 29], [88, 21, 92.3, 27.4], [92.3, 23.5, 93.4, 28], [93.4, 26, 96.8, 28.2], [72.5, -1, 74, 7.2],
  // Pakistan.
  [62.5, 24.5, 70, 29], [66.6, 29, 71, 31.5], [71, 31, 75, 34.6],
  // Thailand, Malaysia, Singapore, Brunei, Indonesia, East Timor, Papua New Guinea, Solomon Islands.
  [98.2, 5.6, 102.4, 14.3], [98.8, 14.3, 104.8, 17.7], [98, 17.7, 101.2, 20.4], [99.6, 1.1, 104.6, 6.8], [95, -11.5, 141, 4.9], [115, 4, 119.3, 7.4], [141, -12, 162.5, 0],
  // Hong Kong, Macau.
  [113.83, 22.15, 114.45, 22.505], [113.52, 22.1, 113.6, 22.22],
  // Australia, New Zealand, Fiji and Tonga.
  [112, -44, 154, -9], [166, -48, 179.5, -33], [176.8, -22, 180, -12], [-180, -22, -173, -15],
  // Southern and eastern Africa, Mauritius, Seychelles.
  [11.7, -35, 41, -17.5], [22, -17.5, 41, -13], [29, -13, 41, -8.2], [30.9, -8.2, 41.9, 4.2], [57.2, -20.6, 63.6, -19.6], [55.1, -10, 56.5, -3.7],
  // Jamaica, Bahamas, Trinidad, Barbados and the Windward Islands, Guyana, Suriname, Falkland Islands.
  [-78.5, 17.6, -76.1, 18.6], [-79.4, 20.9, -72.7, 27.3], [-62, 10, -60.4, 11.4], [-61.5, 12, -59.3, 14.2], [-61.4, 1.2, -54, 8.6], [-61.5, -52.6, -57.5, -51],
]

export const drivingSideAt = (lon_deg: number, lat_deg: number): 'left' | 'right' =>
  (LEFT.some(([west, south, east, north]) => lon_deg >= west && lon_deg <= east && lat_deg >= south && lat_deg <= north) ? 'left' : 'right')
